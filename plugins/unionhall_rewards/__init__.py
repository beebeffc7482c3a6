"""Rewards: fund, draws, coupons, redemption, settlement, offers of merchants."""
